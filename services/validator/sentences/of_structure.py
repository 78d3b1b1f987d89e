"""Words for faults of rows and of the header."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import Wording

Code = FindingCode

STRUCTURE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.UNCLOSED_QUOTE: Wording(
        "Un guillemet ouvert dans l’enregistrement qui commence à la ligne {row} n’est jamais fermé : la suite du "
        "fichier n’est pas lisible.",
        'Fermez le guillemet, ou doublez-le ("") s’il fait partie du texte.',
        expected="chaque guillemet ouvrant a son guillemet fermant",
    ),
    Code.MALFORMED_QUOTING: Wording(
        "Les guillemets de l’enregistrement qui commence à la ligne {row} sont mal placés : la suite du fichier n’est "
        "pas lisible.",
        'Entourez de guillemets la cellule entière et doublez ("") ceux qui font partie du texte.',
        expected="un séparateur après chaque guillemet fermant",
    ),
    Code.CELL_TOO_LONG: Wording(
        "Une cellule de l’enregistrement qui commence à la ligne {row} dépasse {limit} caractères : la lecture "
        "s’arrête là.",
        "Vérifiez les guillemets de cette ligne ; raccourcissez la cellule ou donnez un lien vers le document.",
        expected="{limit} caractères au plus par cellule",
    ),
    Code.LINE_TOO_LONG: Wording(
        "La ligne {row} dépasse {limit} caractères : la lecture s’arrête là.",
        "Vérifiez les fins de ligne et les guillemets du fichier.",
        expected="{limit} caractères au plus par ligne",
    ),
    Code.TOO_MANY_COLUMNS: Wording(
        "L’en-tête compte {count} colonnes, plus que la limite de {limit}.",
        "Ne gardez que les colonnes du schéma et celles que vous voulez publier avec elles.",
        expected="{limit} colonnes au plus",
    ),
    Code.NO_ROWS: Wording(
        "Le fichier ne contient aucune ligne de données.",
        "Vérifiez l’export : il n’a produit que l’en-tête.",
        expected="au moins une ligne de données",
    ),
    Code.BLANK_ROW: Wording(
        "La ligne {row} est vide.",
        "Supprimez cette ligne.",
        validata="blank-row",
    ),
    Code.EXTRA_CELL: Wording(
        "La ligne {row} compte {count} cellules, l’en-tête {width} : la cellule n° {position} est en trop.",
        "Supprimez la cellule en trop, ou mettez entre guillemets le texte qui contient le séparateur.",
        expected="{width} cellules",
        validata="extra-cell",
    ),
    Code.MISSING_CELL: Wording(
        "La ligne {row} s’arrête avant la colonne « {column} ».",
        "Ajoutez les cellules qui manquent, même vides, pour en avoir autant que dans l’en-tête.",
        expected="{width} cellules",
        validata="missing-cell",
    ),
    Code.NO_KNOWN_COLUMN: Wording(
        "Aucune colonne du fichier n’est connue du schéma « {schema} ».",
        "Vérifiez que la première ligne est l’en-tête et que le schéma choisi est le bon.",
        expected="les colonnes {expected_columns}",
        validata="missing-label",
    ),
    Code.MISSING_COLUMN: Wording(
        "La colonne obligatoire « {column} » est absente.",
        "Ajoutez la colonne « {column} » à l’en-tête, et sa valeur à chaque ligne.",
        expected="une colonne « {column} » ({title})",
        validata="missing-label",
    ),
    Code.MISSING_OPTIONAL_COLUMN: Wording(
        "La colonne facultative « {column} » est absente.",
        "Ajoutez la colonne « {column} », même vide, pour que le fichier suive le schéma entier.",
        expected="une colonne « {column} » ({title})",
    ),
    Code.EXTRA_COLUMN: Wording(
        "La colonne « {column} » n’est pas dans le schéma : elle est gardée, sans contrôle.",
        "Rien à faire si elle est voulue ; sinon, corrigez son nom ou retirez-la.",
    ),
    Code.DUPLICATE_COLUMN: Wording(
        "La colonne « {column} » apparaît {count} fois dans l’en-tête.",
        "Gardez une seule colonne de ce nom ; renommez ou retirez les autres.",
        expected="des noms de colonnes tous différents",
        validata="duplicate-label",
    ),
    Code.AMBIGUOUS_COLUMN: Wording(
        "Les colonnes {labels} peuvent toutes être « {column} » : aucune n’est choisie à votre place.",
        "Gardez la bonne sous le nom exact « {column} » ; renommez ou retirez les autres.",
        expected="une seule colonne « {column} »",
        validata="duplicate-label",
    ),
    Code.BLANK_HEADER: Wording(
        "La colonne n° {position} n’a pas de nom : ses valeurs ne sont pas lues.",
        "Donnez un nom à cette colonne, ou retirez-la (séparateurs en trop au bout des lignes).",
        expected="un nom pour chaque colonne",
        validata="blank-label",
    ),
}
