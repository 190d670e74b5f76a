namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Text in a template that its author probably meant as a placeholder; positions count from 1.</summary>
internal sealed record LookAlike(string Key, int Position, string Nearest);
