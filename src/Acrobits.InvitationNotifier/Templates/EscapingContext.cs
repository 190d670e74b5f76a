namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Specifies the context of a placeholder, which determines how its value is escaped.</summary>
internal enum EscapingContext
{
    UrlPath,
    UrlQuery,
    Form,
    JsonString,
    XmlText,

    /// <summary>Text before "&gt;" or "]&gt;" of the template, which the value must not complete to "]]&gt;".</summary>
    XmlTextBeforeEnd,

    XmlAttribute,
    CData,

    /// <summary>CDATA before "&gt;" or "]&gt;" of the template, which the value must not complete to "]]&gt;".</summary>
    CDataBeforeEnd,
}
