"""The params file: everything a run is told, checked before anything starts.

Unknown keys are errors with a hint; secrets stand as `${ENV_NAME}` and stay unexpanded in the model,
so nothing that prints or saves params can leak one.
"""

from voc_lib.params.contents import IN_REGISTER, STEP_NAMES, Dimension, Params
from voc_lib.params.day import Day
from voc_lib.params.environment import secret
from voc_lib.params.faults import parse
from voc_lib.params.goal import Goal
from voc_lib.params.outputs import Outputs
from voc_lib.params.rules import CopyChoice, CustomerRules, Duplicates, Handlers, Sla, Weights
from voc_lib.params.settings import REGISTER, Settings, json_schema, load, schema_text
from voc_lib.params.side import TableRef
from voc_lib.params.source import IGNORE, FollowUp, Source
from voc_lib.params.stamp import is_stamp
from voc_lib.params.team import Member, Milestone

__all__ = [
    "IGNORE",
    "IN_REGISTER",
    "REGISTER",
    "STEP_NAMES",
    "CopyChoice",
    "CustomerRules",
    "Day",
    "Dimension",
    "Duplicates",
    "FollowUp",
    "Goal",
    "Handlers",
    "Member",
    "Milestone",
    "Outputs",
    "Params",
    "Settings",
    "Sla",
    "Source",
    "TableRef",
    "Weights",
    "is_stamp",
    "json_schema",
    "load",
    "parse",
    "schema_text",
    "secret",
]
