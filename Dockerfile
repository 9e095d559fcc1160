# One image for web, worker and migrate: `madoguchi serve`, `madoguchi worker`, `madoguchi migrate`.
# The minor version is fixed, security patches of it are taken; name an image by its digest with --build-arg.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# All that is installed comes from the lock, checked against its hashes; Sudachi's dictionary is among it.
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/madoguchi
WORKDIR /src
COPY requirements.lock ./
RUN python -m pip --python /opt/madoguchi/bin/python install --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY bot ./bot
COPY webhooks ./webhooks
COPY simulator ./simulator
RUN python -m pip --python /opt/madoguchi/bin/python install --no-deps --no-index --no-build-isolation . \
 && python -m compileall -q /opt/madoguchi/lib

# What runs belongs to root and can't be changed by the one who runs it; no secret is in the image.
FROM ${PYTHON_IMAGE}
ENV PATH=/opt/madoguchi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/madoguchi /opt/madoguchi
WORKDIR /srv/madoguchi
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Of the web form; compose.yaml gives the others theirs.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["madoguchi"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
