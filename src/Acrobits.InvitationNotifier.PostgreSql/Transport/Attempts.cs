namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>Repeats one kind of work with the database until it succeeds, with growing pauses.</summary>
internal sealed class Attempts(Outage outage)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private TimeSpan _pause = FirstPause;

    /// <summary>Records a failure and waits before the next attempt.</summary>
    public async Task FailedAsync(Exception exception, CancellationToken cancellationToken)
    {
        await outage.BeginsAsync(this, exception, cancellationToken).ConfigureAwait(false);
        await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    /// <summary>Records a success.</summary>
    public void Succeeded()
    {
        _pause = FirstPause;
        outage.Ends(this);
    }

    /// <summary>Records that there is nothing to do any more, which tells nothing about the database.</summary>
    public void GiveUp()
    {
        if (_pause != FirstPause)
        {
            _pause = FirstPause;
            outage.Forget(this);
        }
    }
}
