namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Where a placeholder stands, which decides how its value is escaped.</summary>
internal enum Place
{
    UrlPath,
    UrlQuery,
    Form,
    JsonString,
    XmlText,
    XmlAttribute,
    CData,
}
