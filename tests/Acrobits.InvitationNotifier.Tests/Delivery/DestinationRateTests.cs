using Acrobits.InvitationNotifier.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

public sealed class DestinationRateTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(10)]
    [InlineData(1000)]
    public void SetTimer_TokenCameAfterTheRefusal_WakesThoseThatWait(double perSecond)
    {
        var time = new FakeTimeProvider();
        var woken = 0;
        var rate = new DestinationRate(time, () => woken++);
        var share = new DestinationShare();
        while (rate.TryTake(share, perSecond, hasWaited: false))
        {
        }

        // Between the refusal and the timer.
        time.Advance(TimeSpan.FromSeconds(1 / perSecond));
        rate.SetTimer(perSecond);
        time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(1, woken);
    }
}
