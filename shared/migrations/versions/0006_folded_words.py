"""Texts compared without their case and accents (decision 0016)."""

from alembic import op

revision = "0006"
down_revision = "0005"

# The dictionary is named, or the function would depend on the search path; the collation too, since the columns'
# own, "C", knows the case of ASCII letters only. A database may have the extension already, wherever it is.
FOLD = """
DO $do$
DECLARE place name;
BEGIN
    CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA words;
    SELECT quote_ident(nspname) INTO place
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'unaccent';
    EXECUTE format(
        'CREATE FUNCTION words.fold(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE '
        'RETURN lower(%1$s.unaccent(%2$L::regdictionary, written) COLLATE pg_catalog.pg_c_utf8)',
        place, place || '.unaccent'
    );
END $do$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA words")
    op.execute(FOLD)
    op.execute("GRANT USAGE ON SCHEMA words TO socle_reader, socle_catalog")
