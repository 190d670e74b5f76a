namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Specifies the format of a body, one for each supported content type.</summary>
internal enum BodyFormat
{
    Form,
    Json,
    Xml,
}
