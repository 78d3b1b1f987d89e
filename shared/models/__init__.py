"""The record tables. Each table's docstring names its one writer; rows of data sets live in schema `data`."""

from shared.models.audit import AuditEntry, AuditHead
from shared.models.catalog import CatalogDataset, CatalogVersion, VersionMode
from shared.models.deposit import (
    Corrections,
    Deposit,
    DepositEvent,
    DepositMode,
    DepositScope,
    DepositState,
    IdempotencyKey,
    LaterDepositEvent,
)
from shared.models.free import FreeSchema
from shared.models.imported import ImportedRevision, RevisionState
from shared.models.onboarding import OnboardingRecord, OnboardingState, OnboardingStep
from shared.models.operator import OperatorKey
from shared.models.organisation import Organisation
from shared.models.profile import CatalogProfile
from shared.models.referent import ConsentLink, OutgoingMail, Referent
from shared.models.validation import ValidationReport
from shared.models.vendor import (
    EVERY_ACTION,
    ApiKey,
    Habilitation,
    HabilitationEvent,
    HabilitationState,
    KeyAction,
    Vendor,
)
from shared.models.webhook import (
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)

__all__ = [
    "EVERY_ACTION",
    "ApiKey",
    "AuditEntry",
    "AuditHead",
    "CatalogDataset",
    "CatalogProfile",
    "CatalogVersion",
    "ConsentLink",
    "Corrections",
    "DeliveryState",
    "Deposit",
    "DepositEvent",
    "DepositMode",
    "DepositScope",
    "DepositState",
    "EndpointState",
    "FreeSchema",
    "Habilitation",
    "HabilitationEvent",
    "HabilitationState",
    "IdempotencyKey",
    "ImportedRevision",
    "KeyAction",
    "LaterDepositEvent",
    "OnboardingRecord",
    "OnboardingState",
    "OnboardingStep",
    "OperatorKey",
    "Organisation",
    "OutgoingMail",
    "Referent",
    "RevisionState",
    "ValidationReport",
    "Vendor",
    "VersionMode",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookSecret",
]
