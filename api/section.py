"""What all sections of the operator's file have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Port = Annotated[int, Field(ge=0, le=65_535)]


class Section(BaseModel):
    """A section that knows all its keys and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
