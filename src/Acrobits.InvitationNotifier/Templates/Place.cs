namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Where a placeholder stands, which decides how its value is escaped.</summary>
internal enum Place
{
    UrlPath,
    UrlQuery,
    Form,
    JsonString,
    XmlText,

    /// <summary>In text, and the template's own text goes on with "&gt;" or "]&gt;", which must not complete "]]&gt;".</summary>
    XmlTextBeforeEnd,

    XmlAttribute,
    CData,

    /// <summary>In CDATA, and the template's own text goes on with "&gt;" or "]&gt;", which must not complete "]]&gt;".</summary>
    CDataBeforeEnd,
}
