"""Officers of a municipality and of the authority. A custom user model from the first migration."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class OfficerManager(BaseUserManager["Officer"]):
    """Creates officers; there is no superuser: rights come from roles, never from a flag."""

    def create_officer(self, *, login: str, name: str, municipality: str, password: str) -> "Officer":
        """Store an officer with a hashed password and return the row."""
        officer = self.model(login=login, name=name, municipality=municipality)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer


class Officer(AbstractBaseUser):
    """A clerk of a municipality, or, with an empty municipality, an operator of the authority."""

    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    municipality = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[OfficerManager] = OfficerManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.login
