"""Where employees belong: their department and role stand where a customer's region and product would.

So every table by region or product is one by department or role, and the employee list is the base.
"""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.collect.logs import plain


def placed(feedback: pd.DataFrame, employees: pd.DataFrame) -> pd.DataFrame:
    """Feedback with department (`region`) and role (`product`) of who spoke, where the file gives none."""
    if employees.empty:
        return feedback
    ids = feedback["customer_id"].map(plain, na_action="ignore")
    homes = (
        employees.assign(user_id=employees["user_id"].map(plain))
        .drop_duplicates("user_id")
        .set_index("user_id")
    )
    return feedback.assign(
        region=feedback["region"].fillna(ids.map(homes["department"]).astype("str")),
        product=feedback["product"].fillna(ids.map(homes["role"]).astype("str")),
    )


def base(employees: pd.DataFrame) -> pd.DataFrame:
    """schema.CUSTOMERS of an employee list: the department as region, the role as level."""
    names = {"user_id": "customer_id", "joined_at": "registered_at", "department": "region", "role": "level"}
    return schema.shape(employees.rename(columns=names), schema.CUSTOMERS)
