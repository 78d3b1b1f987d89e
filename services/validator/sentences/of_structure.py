"""Words for faults of rows and of the header."""

from collections.abc import Mapping

from services.validator.findings import FindingCode
from services.validator.sentences.wording import English, Wording

Code = FindingCode

STRUCTURE_WORDINGS: Mapping[FindingCode, Wording] = {
    Code.UNCLOSED_QUOTE: Wording(
        "Un guillemet ouvert dans l’enregistrement qui commence à la ligne {row} n’est jamais fermé : la suite du "
        "fichier n’est pas lisible.",
        'Fermez le guillemet, ou doublez-le ("") s’il fait partie du texte.',
        expected="chaque guillemet ouvrant a son guillemet fermant",
        english=English(
            "A quote opened in the record that starts at line {row} is never closed: the rest cannot be read.",
            'Close the quote, or double it ("") if it is part of the text.',
            "a closing quote for every opening quote",
        ),
    ),
    Code.MALFORMED_QUOTING: Wording(
        "Les guillemets de l’enregistrement qui commence à la ligne {row} sont mal placés : la suite du fichier n’est "
        "pas lisible.",
        'Entourez de guillemets la cellule entière et doublez ("") ceux qui font partie du texte.',
        expected="un séparateur après chaque guillemet fermant",
        english=English(
            "The quotes of the record that starts at line {row} are misplaced: the rest of the file cannot be read.",
            'Quote the whole cell and double ("") the quotes that are part of its text.',
            "a delimiter after every closing quote",
        ),
    ),
    Code.CELL_TOO_LONG: Wording(
        "Une cellule de l’enregistrement qui commence à la ligne {row} dépasse {limit} caractères : la lecture "
        "s’arrête là.",
        "Vérifiez les guillemets de cette ligne ; raccourcissez la cellule ou donnez un lien vers le document.",
        expected="{limit} caractères au plus par cellule",
        english=English(
            "A cell of the record that starts at line {row} is longer than {limit} characters: reading stops there.",
            "Check the quotes of that line; shorten the cell or give a link to the document.",
            "at most {limit} characters per cell",
        ),
    ),
    Code.LINE_TOO_LONG: Wording(
        "La ligne {row} dépasse {limit} caractères : la lecture s’arrête là.",
        "Vérifiez les fins de ligne et les guillemets du fichier.",
        expected="{limit} caractères au plus par ligne",
        english=English(
            "Line {row} is longer than {limit} characters: reading stops there.",
            "Check the line ends and the quotes of the file.",
            "at most {limit} characters per line",
        ),
    ),
    Code.TOO_MANY_COLUMNS: Wording(
        "L’en-tête compte {count} colonnes, plus que la limite de {limit}.",
        "Ne gardez que les colonnes du schéma et celles que vous voulez publier avec elles.",
        expected="{limit} colonnes au plus",
        english=English(
            "The header has {count} columns, more than the limit of {limit}.",
            "Keep only the columns of the schema and those you want to publish with them.",
            "at most {limit} columns",
        ),
    ),
    Code.NO_ROWS: Wording(
        "Le fichier ne contient aucune ligne de données.",
        "Vérifiez l’export : il n’a produit aucune ligne.",
        expected="au moins une ligne de données",
        english=English(
            "The file has no line of data.",
            "Check the export: it produced no line.",
            "at least one line of data",
        ),
    ),
    Code.BLANK_ROW: Wording(
        "La ligne {row} est vide : elle n’est pas lue.",
        "Supprimez cette ligne.",
        validata="blank-row",
        english=English("Line {row} is blank: it is not read.", "Remove this line."),
    ),
    Code.EXTRA_CELL: Wording(
        "La ligne {row} compte {count} cellules, l’en-tête {width} : la cellule n° {position} est en trop.",
        "Supprimez la cellule en trop, ou mettez entre guillemets le texte qui contient le séparateur.",
        expected="{width} cellules",
        validata="extra-cell",
        english=English(
            "Line {row} has {count} cells, the header {width}: cell no. {position} is one too many.",
            "Remove the extra cell, or quote the text that contains the delimiter.",
            "{width} cells",
        ),
    ),
    Code.MISSING_CELL: Wording(
        "La ligne {row} s’arrête avant la colonne « {column} ».",
        "Ajoutez les cellules qui manquent, même vides, pour en avoir autant que dans l’en-tête.",
        expected="{width} cellules",
        validata="missing-cell",
        english=English(
            "Line {row} ends before the column “{column}”.",
            "Add the missing cells, even empty, to have as many as the header.",
            "{width} cells",
        ),
    ),
    Code.NO_KNOWN_COLUMN: Wording(
        "Aucune colonne du fichier n’est connue du schéma « {schema} » ; l’en-tête est lu ainsi : {labels}.",
        "Vérifiez que la première ligne est l’en-tête, que ses colonnes sont séparées et que le schéma est le bon.",
        expected="les colonnes {expected_columns}",
        validata="missing-label",
        english=English(
            "No column of the file is known to the schema “{schema}”; the header is read as: {labels}.",
            "Check that the first line is the header, that its columns are well separated, and that the right schema "
            "was chosen.",
            "the columns {expected_columns}",
        ),
    ),
    Code.OTHER_SCHEMA: Wording(
        "Ce fichier ressemble à « {title} » (schéma « {schema} ») : {known} de ses {named} colonnes en portent le nom.",
        "Si c’est bien ce qu’il contient, déposez-le sous le schéma « {schema} » ; sinon, donnez à ses colonnes les "
        "noms du schéma demandé.",
        expected="les colonnes du schéma demandé",
        english=English(
            "This file looks like “{title}” (schema “{schema}”): {known} of its {named} columns bear its names.",
            "If that is what it holds, deposit it under the schema “{schema}”; otherwise give its columns the names of "
            "the schema you asked for.",
            "the columns of the schema asked for",
        ),
    ),
    Code.MISSING_COLUMN: Wording(
        "La colonne obligatoire « {column} » est absente.",
        "Ajoutez la colonne « {column} » à l’en-tête, et sa valeur à chaque ligne.",
        expected="une colonne « {column} » ({title})",
        validata="missing-label",
        english=English(
            "The required column “{column}” is missing.",
            "Add the column “{column}” to the header, and its value to every line.",
            "a column “{column}” ({title})",
        ),
    ),
    Code.MISSING_OPTIONAL_COLUMN: Wording(
        "La colonne facultative « {column} » est absente.",
        "Ajoutez la colonne « {column} », même vide, pour que le fichier suive le schéma entier.",
        expected="une colonne « {column} » ({title})",
        english=English(
            "The optional column “{column}” is missing.",
            "Add the column “{column}”, even empty, so that the file follows the whole schema.",
            "a column “{column}” ({title})",
        ),
    ),
    Code.EXTRA_COLUMN: Wording(
        "La colonne « {column} » n’est pas dans le schéma : elle est gardée, sans contrôle.",
        "Rien à faire si elle est voulue ; sinon, corrigez son nom ou retirez-la.",
        english=English(
            "The column “{column}” is not in the schema: it is kept, unchecked.",
            "Nothing to do if it is intended; otherwise mend its name or remove it.",
        ),
    ),
    Code.COLUMNS_NOT_READ: Wording(
        "Une suppression (« delete ») ne lit que les colonnes qui nomment les lignes ({columns}) : les autres ne sont "
        "ni contrôlées ni publiées.",
        "Rien à faire ; vous pouvez n’envoyer que ces colonnes.",
        english=English(
            "A removal (“delete”) reads only the columns that name the lines ({columns}): the others are neither "
            "checked nor published.",
            "Nothing to do; you may send these columns alone.",
        ),
    ),
    Code.DUPLICATE_COLUMN: Wording(
        "La colonne « {column} » apparaît {count} fois dans l’en-tête.",
        "Gardez une seule colonne de ce nom ; renommez ou retirez les autres.",
        expected="des noms de colonnes tous différents",
        validata="duplicate-label",
        english=English(
            "The column “{column}” appears {count} times in the header.",
            "Keep a single column of that name; rename or remove the others.",
            "column names that all differ",
        ),
    ),
    Code.AMBIGUOUS_COLUMN: Wording(
        "Les colonnes {labels} peuvent toutes être « {column} » : aucune n’est choisie à votre place.",
        "Gardez la bonne sous le nom exact « {column} » ; renommez ou retirez les autres.",
        expected="une seule colonne « {column} »",
        validata="duplicate-label",
        english=English(
            "The columns {labels} could all be “{column}”: none is chosen for you.",
            "Keep the right one under the exact name “{column}”; rename or remove the others.",
            "a single column “{column}”",
        ),
    ),
    Code.BLANK_HEADER: Wording(
        "La colonne n° {position} n’a pas de nom : ses valeurs ne sont pas lues.",
        "Donnez un nom à cette colonne, ou retirez-la (séparateurs en trop au bout des lignes).",
        expected="un nom pour chaque colonne",
        validata="blank-label",
        english=English(
            "Column no. {position} has no name: its values are not read.",
            "Name this column, or remove it (surplus delimiters at the end of lines).",
            "a name for every column",
        ),
    ),
}
