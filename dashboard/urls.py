"""All URLs. The pages' own are in `dashboard.web.urls`."""

from django.urls import include, path

urlpatterns = [path("", include("dashboard.web.urls"))]
