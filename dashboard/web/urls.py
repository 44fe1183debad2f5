"""The addresses of the pages. `stores` keeps names free that would hide one of the fixed ones."""

from django.urls import path

from dashboard.web.views.account import account
from dashboard.web.views.audit import audit
from dashboard.web.views.audit_export import audit_export
from dashboard.web.views.audit_review import audit_review
from dashboard.web.views.confirm import confirm
from dashboard.web.views.findings import finding_dismiss, finding_return, findings
from dashboard.web.views.grants import grants
from dashboard.web.views.group import group
from dashboard.web.views.groups import groups
from dashboard.web.views.health import healthz, readyz
from dashboard.web.views.help import help_index, help_topic
from dashboard.web.views.history import history
from dashboard.web.views.history_mark import history_mark
from dashboard.web.views.journal import journal
from dashboard.web.views.journal_entry import journal_entry
from dashboard.web.views.journal_export import journal_export
from dashboard.web.views.key import key, key_find, key_tree
from dashboard.web.views.key_bytes import key_download, key_hex
from dashboard.web.views.key_create import key_create
from dashboard.web.views.key_delete import key_delete
from dashboard.web.views.key_edit import key_edit
from dashboard.web.views.key_expiry import key_expiry
from dashboard.web.views.key_menu import key_menu
from dashboard.web.views.key_reveal import key_reveal
from dashboard.web.views.key_shape import key_shape
from dashboard.web.views.key_timeline import key_timeline
from dashboard.web.views.key_version import key_version, version_download
from dashboard.web.views.key_watch import key_watch
from dashboard.web.views.look_as import look_as
from dashboard.web.views.namespace import namespace, shared
from dashboard.web.views.overview import overview
from dashboard.web.views.people import people
from dashboard.web.views.person import person
from dashboard.web.views.pictures import pictures
from dashboard.web.views.restore import restore
from dashboard.web.views.sign_in import sign_in, sign_out
from dashboard.web.views.sign_in_link import sign_in_link
from dashboard.web.views.store import store
from dashboard.web.views.value_search import value_search
from dashboard.web.views.version_restore import version_restore
from dashboard.web.views.watches import watches
from dashboard.web.views.why import why

urlpatterns = [
    path("", overview, name="overview"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/<str:secret>/", sign_in_link, name="sign-in-link"),
    path("sign-out/", sign_out, name="sign-out"),
    path("account/", account, name="account"),
    path("account/confirm/", confirm, name="confirm"),
    path("account/why/", why, name="why"),
    path("help/", help_index, name="help-index"),
    path("help/<slug:topic>/", help_topic, name="help-topic"),
    path("people/", people, name="people"),
    path("people/<int:number>/", person, name="person"),
    path("people/groups/", groups, name="groups"),
    path("people/groups/<int:number>/", group, name="group"),
    path("people/grants/", grants, name="grants"),
    path("people/look-as/", look_as, name="look-as"),
    path("journal/", journal, name="journal"),
    path("journal/export/", journal_export, name="journal-export"),
    path("journal/<int:number>/", journal_entry, name="journal-entry"),
    path("journal/<int:number>/restore/", restore, name="restore"),
    path("watches/", watches, name="watches"),
    path("<str:store>/", store, name="store"),
    path("<str:store>/findings/", findings, name="findings"),
    path("<str:store>/findings/dismiss/", finding_dismiss, name="finding-dismiss"),
    path("<str:store>/findings/return/", finding_return, name="finding-return"),
    path("<str:store>/pictures/", pictures, name="pictures"),
    path("<str:store>/search/", value_search, name="value-search"),
    path("<str:store>/audit/", audit, name="audit"),
    path("<str:store>/audit/review/", audit_review, name="audit-review"),
    path("<str:store>/audit/export/", audit_export, name="audit-export"),
    path("<str:store>/history/", history, name="history"),
    path("<str:store>/history/mark/", history_mark, name="history-mark"),
    path("<str:store>/ns/", namespace, name="namespace"),
    path("<str:store>/shared/", shared, name="shared"),
    path("<str:store>/key/", key, name="key"),
    path("<str:store>/key/tree/", key_tree, name="key-tree"),
    path("<str:store>/key/menu/", key_menu, name="key-menu"),
    path("<str:store>/key/find/", key_find, name="key-find"),
    path("<str:store>/key/hex/", key_hex, name="key-hex"),
    path("<str:store>/key/download/", key_download, name="key-download"),
    path("<str:store>/key/edit/", key_edit, name="key-edit"),
    path("<str:store>/key/shape/", key_shape, name="key-shape"),
    path("<str:store>/key/expiry/", key_expiry, name="key-expiry"),
    path("<str:store>/key/delete/", key_delete, name="key-delete"),
    path("<str:store>/key/reveal/", key_reveal, name="key-reveal"),
    path("<str:store>/key/watch/", key_watch, name="key-watch"),
    path("<str:store>/key/timeline/", key_timeline, name="key-timeline"),
    path("<str:store>/key/version/", key_version, name="key-version"),
    path("<str:store>/key/version/download/", version_download, name="version-download"),
    path("<str:store>/key/version/restore/", version_restore, name="version-restore"),
    path("<str:store>/new/", key_create, name="key-create"),
]
