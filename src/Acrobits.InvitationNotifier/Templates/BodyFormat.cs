namespace Acrobits.InvitationNotifier.Templates;

/// <summary>The content types that the web service supports.</summary>
internal enum BodyFormat
{
    Form,
    Json,
    Xml,
}
