from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0008_kept_draft"),
    ]

    operations = [
        migrations.AddField(
            model_name="dismissal",
            name="amount",
            field=models.BigIntegerField(null=True),
        ),
    ]
