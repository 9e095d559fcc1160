"""The only place that joins the parts and names the adapters."""
