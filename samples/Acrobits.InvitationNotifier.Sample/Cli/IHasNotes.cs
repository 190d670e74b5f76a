namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>A command that has more to say in its help: examples and exit codes.</summary>
internal interface IHasNotes
{
    string Notes { get; }
}
