"""Holds JSON against the official SDK's own models: what is missing, of a wrong type or value, or unknown.

The SDK's `from_dict` stops at the first mistake and does not say where; here its models are walked field by
field, so that every mistake is found with its place.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from linebot.v3.messaging import models
from pydantic.v1 import BaseModel
from pydantic.v1.fields import ModelField

from simulator.limits.problems import Problem, Problems

Model = type[BaseModel]

_STRICT_PREFIX = "Flex"
"""LINE refuses unknown properties in Flex; elsewhere it passes over them."""


def check_shape(model: Model, value: object, where: str) -> Problems:
    """All mistakes of `value` as JSON of the SDK's `model`."""
    if not isinstance(value, Mapping):
        yield Problem("must be an object", where)
        return
    kind = _kind_of(model, value)
    if kind is None:
        yield Problem(
            "must be one of the following: " + ", ".join(sorted(_kinds(model))), _inside(where, "type")
        )
        return
    fields = _fields(kind)
    for name, field in fields.items():
        if name in value or field.required:
            yield from _check_field(field, value.get(name), _inside(where, name))
    if kind.__name__.startswith(_STRICT_PREFIX):
        for name in value:
            if name not in fields:
                yield Problem("unknown field", _inside(where, str(name)))


def _check_field(field: ModelField, value: object, where: str) -> Problems:
    if value is None:
        # `type` stands in every model with a default of its own, and JSON must name it.
        if field.required:
            yield Problem("must be specified", where)
        return
    inner = field.type_
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        _, error = field.validate(value, {}, loc=field.name)
        if error:
            yield Problem(_first_message(error), where)
    elif field.outer_type_ is inner:
        yield from check_shape(inner, value, where)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from check_shape(inner, item, f"{where}[{at}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from check_shape(inner, item, _inside(where, str(key)))
    else:
        yield Problem("must be a list", where)


def _kind_of(model: Model, value: Mapping[str, Any]) -> Model | None:
    """The model that the object's `type` names; the model itself where it has no kinds."""
    kinds = _kinds(model)
    if not kinds:
        return model
    name = kinds.get(value.get("type")) if isinstance(value.get("type"), str) else None
    return getattr(models, name) if name else None


@cache
def _kinds(model: Model) -> dict[Any, str]:
    """LINE's `type` to the name of the SDK's class; empty where the model has no kinds."""
    private = f"_{model.__name__}__discriminator_value_class_map"
    found: dict[Any, str] = model.__dict__.get(private, {})
    return found


@cache
def _fields(model: Model) -> dict[str, ModelField]:
    return {field.alias: field for field in model.__fields__.values()}


def _first_message(error: Any) -> str:
    while isinstance(error, list):
        error = error[0]
    return str(error.exc)


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
