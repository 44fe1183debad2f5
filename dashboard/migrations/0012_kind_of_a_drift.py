from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('dashboard', '0011_watch_failing_since'),
    ]

    operations = [
        migrations.RenameField(
            model_name='driftseen',
            old_name='before',
            new_name='kind',
        ),
    ]
