namespace Acrobits.InvitationNotifier.Testing;

/// <summary>How a fake answers: a delegate from what it received to an answer.</summary>
internal static class Answers
{
    /// <summary>Gives each call the next answer, and all further calls the last.</summary>
    public static Func<TCall, CancellationToken, Task<TAnswer>> InTurn<TCall, TAnswer>(TAnswer[] answers, string parameter)
    {
        ArgumentNullException.ThrowIfNull(answers, parameter);
        if (answers.Length == 0 || answers.Contains(default))
        {
            throw new ArgumentException("Give at least one answer. An answer cannot be null.", parameter);
        }

        var calls = 0;
        return (_, _) => Task.FromResult(answers[Math.Min(Interlocked.Increment(ref calls), answers.Length) - 1]);
    }
}
