namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>What a template is, which decides how values are escaped.</summary>
public enum Context
{
    Url,
    Form,
    Json,
    Xml,
}
