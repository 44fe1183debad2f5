"""All URLs. The pages' own are in `dashboard.web.urls`."""

from django.urls import include, path

urlpatterns = [path("", include("dashboard.web.urls"))]

handler400 = "dashboard.web.views.errors.not_understood"
handler404 = "dashboard.web.views.errors.not_found"
handler403 = "dashboard.web.views.errors.not_allowed"
handler500 = "dashboard.web.views.errors.broken"
