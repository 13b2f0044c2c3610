"""Who may sign in, and in which role."""

from typing import Any

import rules
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does here. Each is a group of the same name, made by a migration."""

    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    FACILITATOR = "facilitator", _("Facilitator")
    ORGANIZATION_MEMBER = "organization-member", _("Organization member")


KEEPERS = "@w2i.invalid"


class UserManager(BaseUserManager["User"]):
    """Makes people who sign in by e-mail."""

    def _create(self, email: str, password: str | None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self._create(email, password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self._create(email, password, **{**fields, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        """Addresses are compared without case: people type theirs as they please."""
        return self.get(email=(username or "").strip().lower())

    def keeper(self, name: str) -> "User":
        """The account that stands for a command, so that every row says who made it.

        It can't sign in: it has no password and is not active.
        """
        email = f"{name}{KEEPERS}"
        user = self.filter(email=email).first()
        return user or self._create(email, None, name=name, is_active=False)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who may sign in, by e-mail."""

    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("This address has an account.")},
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(
        _("may sign in"), default=True, help_text=_("Untick this instead of deleting an account.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def stands_for(self, command: str) -> bool:
        """Whether this is the ``keeper`` of a command."""
        return self.email == f"{command}{KEEPERS}"

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles this person has; a superuser has the administrator's."""
        roles = set(self.groups.values_list("name", flat=True)) & set(Role.values)
        if self.is_superuser:
            roles.add(Role.ADMINISTRATOR)
        return frozenset(roles)

    @property
    def is_staff(self) -> bool:
        """Any role opens the admin; what is in it depends on the role."""
        return bool(self.roles)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """What the rules allow. They bind a superuser too: nobody deletes what was published."""
        return self.is_active and rules.has_perm(perm, self, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and rules.has_perm(app_label, self)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.email
