"""Laying one value over another."""

from pilab_desktop.drift.configuration.documents import Value


def merged(base: Value, over: Value, *, nulls_delete: bool) -> Value:
    """`over` laid over `base`: maps merge, anything else replaces, lists too (semantics.md §4).

    With `nulls_delete` a null takes the key away, as in Helm.
    """
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    result = dict(base)
    for key, value in over.items():
        if value is None and nulls_delete:
            result.pop(key, None)
        elif key in result:
            result[key] = merged(result[key], value, nulls_delete=nulls_delete)
        else:
            result[key] = value
    return result
