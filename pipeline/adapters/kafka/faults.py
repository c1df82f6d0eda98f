"""What the client raises, and what it means: mended by a new client, or by a person."""

from kafka import errors

from pipeline.domain.errors import StoreUnavailable

from .settings import KafkaSettings

CLIENT_FAULTS = (errors.KafkaError, OSError, RuntimeError, ValueError, LookupError, AssertionError, TypeError)
"""Everything that the client was seen to raise; each is answered with a new client."""

REFUSED_RIGHTS = (
    errors.AuthorizationError,
    errors.SaslAuthenticationFailedError,
    errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError,
    errors.SecurityDisabledError,
)
NEVER = (
    *REFUSED_RIGHTS,
    errors.InvalidTopicError,
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidRecordError,
    errors.PolicyViolationError,
    errors.UnsupportedVersionError,
)
"""A repeat cannot help; a person must change something."""


def refusal(settings: KafkaSettings, fault: BaseException) -> StoreUnavailable:
    """Return what an operator reads of a fault that he must mend."""
    name = type(fault).__name__
    if isinstance(fault, REFUSED_RIGHTS):
        sentence = (
            f"Kafka at {settings.named} refuses us ({name}); check [kafka] user, mechanism and password, and that "
            f"the user may read, write and describe the topics {settings.prefix}.* and the group {settings.group}"
        )
        return StoreUnavailable(sentence, code="BUS-303")
    sentence = f"Kafka at {settings.named} cannot be used ({name}); look at the broker's log and run `huiyin doctor`"
    return StoreUnavailable(sentence, code="BUS-306")
