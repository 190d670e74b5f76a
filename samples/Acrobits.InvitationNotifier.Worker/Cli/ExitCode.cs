namespace Acrobits.InvitationNotifier.Worker.Cli;

/// <summary>What the process says to the script that started it.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Wrong usage or settings, an unreadable file, no database; the parser of the command line uses it too.</summary>
    public const int Error = 1;

    /// <summary>Some lines of a file are not valid; all others are in the queue.</summary>
    public const int Incomplete = 8;

    /// <summary>Invitations are dead, and the command was asked to tell.</summary>
    public const int Dead = 9;

    /// <summary>Stopped by Ctrl+C: 128 and the number of the signal, as shells have it.</summary>
    public const int Interrupted = 130;
}
