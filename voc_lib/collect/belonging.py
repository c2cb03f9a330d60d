"""Where employees belong: their department and role stand where a customer's region and product would.

So every table by region or product is one by department or role, and the employee list is the base.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from voc_lib import schema
from voc_lib.collect.headers import normal
from voc_lib.collect.logs import plain
from voc_lib.collect.table import Table

# headers of feedback that say where the employee who speaks belongs
PLACES = {
    "region": (
        "发言人部门",
        "所在部门",
        "所属部门",
        "部门",
        "您的部门",
        "您所在的部门",
        "员工部门",
        "提交人部门",
    ),
    "product": ("发言人岗位", "岗位", "职位", "您的岗位", "您的职位", "员工岗位", "提交人岗位"),
}


def known(table: Table) -> Table:
    """The table with the columns that say where employees belong told: department and role."""
    names = {normal(name): field for field, names in PLACES.items() for name in names}
    here = {column: names[normal(column)] for column in table.columns if normal(column) in names}
    first = {field: column for column, field in reversed([*here.items()])}
    return replace(table, told={**table.told, **{column: field for field, column in first.items()}})


def placed(feedback: pd.DataFrame, employees: pd.DataFrame) -> pd.DataFrame:
    """Feedback with department (`region`) and role (`product`) of who spoke, where the file gives none.

    The address of a mail is the employee whose account stands in it: e0012@firm.com is E0012.
    """
    if employees.empty:
        return feedback
    homes = (
        employees.assign(user_id=employees["user_id"].map(plain))
        .drop_duplicates("user_id")
        .set_index("user_id")
    )
    accounts = feedback["customer_id"].str.extract(r"^([^@\s]+)@[^@\s]+$", expand=False)
    own = accounts.map(plain, na_action="ignore").isin(homes.index)
    spelt = dict(zip(employees["user_id"].map(plain), employees["user_id"], strict=True))
    who = feedback["customer_id"].mask(own, accounts.map(plain, na_action="ignore").map(spelt))
    ids = who.map(plain, na_action="ignore")
    return feedback.assign(
        customer_id=who,
        region=feedback["region"].fillna(ids.map(homes["department"]).astype("str")),
        product=feedback["product"].fillna(ids.map(homes["role"]).astype("str")),
    )


def base(employees: pd.DataFrame) -> pd.DataFrame:
    """schema.CUSTOMERS of an employee list: the department as region, the role as level."""
    names = {"user_id": "customer_id", "joined_at": "registered_at", "department": "region", "role": "level"}
    return schema.shape(employees.rename(columns=names), schema.CUSTOMERS)
