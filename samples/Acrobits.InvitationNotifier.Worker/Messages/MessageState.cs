namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>What a message waits for.</summary>
internal enum MessageState
{
    /// <summary>For nothing; some worker takes it next, or has it under way.</summary>
    Ready,

    /// <summary>For its time.</summary>
    Deferred,

    /// <summary>For somebody to look into it.</summary>
    Dead,
}
