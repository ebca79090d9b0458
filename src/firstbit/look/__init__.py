"""The one visual language of figures and pages: roles as data, and what they make.

The colours are in `roles.toml`; code names roles.
"""

from firstbit.look.css import custom_properties, icons, properties_of
from firstbit.look.roles import (
    Context,
    Family,
    Page,
    Roles,
    Status,
    cell_name,
    family_of,
    roles,
)

__all__ = [
    "Context",
    "Family",
    "Page",
    "Roles",
    "Status",
    "cell_name",
    "custom_properties",
    "family_of",
    "icons",
    "properties_of",
    "roles",
]
