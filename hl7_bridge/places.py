"""Where in our code an error arose."""

_OUR_PACKAGES = frozenset({"db", "dose_core", "dose_services", "hl7_bridge"})
_FOR_ALL = frozenset({"db.prepared", "db.driver"})  # where every statement comes by says nothing of the place


def place(error: BaseException) -> str:
    """Return the place of an error, such as ``hl7_bridge.adt:40``, without its text, which may quote a message."""
    found = "unknown place"
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.split(".", maxsplit=1)[0] in _OUR_PACKAGES and module not in _FOR_ALL:
            found = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
