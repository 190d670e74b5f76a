namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>The values of the invitation.</summary>
public enum Values
{
    /// <summary>Those of the documentation, which every context takes as they are.</summary>
    Documented,

    /// <summary>Some in which each context has something to escape.</summary>
    Escaped,
}
