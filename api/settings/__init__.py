"""
Settings: what people change in daily work, as versioned records with author and reason (DESIGN §3).

`checks` says what each must pass, alone and with the unit's others; `change` changes and undoes one; `folder` brings a
whole folder of TOML files in and out. What holds is read by pipeline/workflow/settings.

Pages import `api.settings.change`, never this package: `folder` reads manifests, and pages know no crawler.
"""

from pipeline.workflow.settings import SETTING, SOURCE

from .change import Change, Moved, Undone, Wanted, change_setting, undo_change
from .checks import CHECKS, table_problems
from .folder import apply_folder, export_folder, read_folder

__all__ = [
    "CHECKS",
    "SETTING",
    "SOURCE",
    "Change",
    "Moved",
    "Undone",
    "Wanted",
    "apply_folder",
    "change_setting",
    "export_folder",
    "read_folder",
    "table_problems",
    "undo_change",
]
