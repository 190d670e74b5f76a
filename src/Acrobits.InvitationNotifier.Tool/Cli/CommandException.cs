namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>An error that the user can correct. Only its message is shown.</summary>
internal sealed class CommandException(string message) : Exception(message);
