
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dashboard', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='deed',
            field=models.CharField(blank=True, choices=[('edit', 'edited'), ('create', 'created'), ('delete', 'deleted'), ('expire', 'changed the expiry of'), ('restore', 'restored'), ('reveal', 'revealed'), ('export', 'exported'), ('rights', 'changed who may do what'), ('look_as', 'looked as somebody else'), ('prune', 'removed old entries')], max_length=8),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('intent', 'Intent'), ('outcome', 'Outcome'), ('noted', 'Noted'), ('pruning', 'Pruning')], max_length=8),
        ),
    ]
