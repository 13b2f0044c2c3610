"""How tests of the admin work in it."""

from typing import Any

from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User


class Desk:
    """One person's admin."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    @staticmethod
    def address(model: type[Model], page: str, *args: Any) -> str:
        name = f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        return reverse(f"admin:{name}", args=args)

    def get(self, model: type[Model], page: str, *args: Any, **query: Any) -> Any:
        return self.client.get(self.address(model, page, *args), query)

    def post(self, model: type[Model], page: str, *args: Any, **data: Any) -> Any:
        return self.client.post(self.address(model, page, *args), data)

    def act(self, model: type[Model], action: str, *rows: Model, sure: bool = True) -> Any:
        """Choose rows in a list and an action, and say yes."""
        data: dict[str, Any] = {"action": action, "_selected_action": [row.pk for row in rows]}
        if sure:
            data["confirmed"] = len(rows)
        return self.client.post(self.address(model, "changelist"), data)

    def listed(self, model: type[Model]) -> set[Any]:
        """What the list shows."""
        return {row.pk for row in self.get(model, "changelist").context["cl"].result_list}

    def form(self, model: type[Model], *args: Any) -> dict[str, Any]:
        """What the form of a page would send back untouched, inlines included."""
        page = self.get(model, "change" if args else "add", *args)
        forms = [page.context["adminform"].form]
        data: dict[str, Any] = {}
        for inline in page.context["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.initial_forms]
        for form in forms:
            for field in form:
                value = field.value()
                if isinstance(value, list):
                    data[field.html_name] = [getattr(item, "pk", item) for item in value]
                elif value is not None and value is not False:
                    data[field.html_name] = value
        return data

    def found(self, model: type[Model], field: str) -> Any:
        """What typing into a box suggests."""
        return self.client.get(
            reverse("admin:autocomplete"),
            {
                "app_label": model._meta.app_label,
                "model_name": str(model._meta.model_name),
                "field_name": field,
            },
        )


def said(response: Any) -> str:
    """What the admin says on the next page."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))
