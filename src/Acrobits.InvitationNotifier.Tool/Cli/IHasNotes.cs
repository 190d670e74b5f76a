namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>A command with examples and exit codes in its help.</summary>
internal interface IHasNotes
{
    string Notes { get; }
}
