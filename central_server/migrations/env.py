"""How Alembic reaches the database: through the connection that `migrate` hands over."""

from alembic import context

from central_server.migrations.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
