using Acrobits.InvitationNotifier.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>How many tokens there are, and when.</summary>
public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();
    private TokenBucket _bucket;

    public TokenBucketTests() => _bucket = new TokenBucket(_time);

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(0.5, 1)]
    [InlineData(1, 1)]
    [InlineData(19, 1)]
    [InlineData(50, 5)]
    [InlineData(100_000, 10_000)]
    public void TryTake_AfterAnIdleTime_HoldsATenthOfASecondsWorth(double rate, int burst)
    {
        Assert.Equal(burst, TakeAll(rate));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(burst, TakeAll(rate));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7.7)]
    [InlineData(50)]
    [InlineData(999)]
    public void TryTake_AfterTheTimeUntilOne_TakesOneAndNotBefore(double rate)
    {
        TakeAll(rate);
        for (var i = 0; i < 100; i++)
        {
            var left = _bucket.TimeUntil(1, rate);
            _time.Advance(left - TimeSpan.FromTicks(10));
            Assert.False(Take(rate));
            _time.Advance(TimeSpan.FromTicks(10));
            Assert.True(Take(rate));
            Assert.False(Take(rate));
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(7_000)]
    public void TryTake_ForALongTime_KeepsTheRate(double rate)
    {
        TakeAll(rate);
        var taken = 0;
        for (var i = 0; i < 10_000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1_000 / rate / 3));
            taken += Take(rate, hasWaited: true) ? 1 : 0;
        }

        Assert.InRange(taken, 3_330, 3_334);
    }

    [Fact]
    public void TryTake_TimerWasLate_GivesThoseThatWaitUpToASecondsWorth()
    {
        TakeAll(50);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(25, TakeAll(50, hasWaited: true));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(51, TakeAll(50, hasWaited: true));
    }

    [Fact]
    public void TryTake_TokensAreKept_LeavesThem()
    {
        Assert.True(_bucket.TryTake(50, kept: 4, hasWaited: false));
        Assert.False(_bucket.TryTake(50, kept: 4, hasWaited: false));
        Assert.Equal(4, TakeAll(50));

        // Room is made for what is kept.
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(_bucket.TryTake(0.5, kept: 1, hasWaited: false));
        Assert.False(_bucket.TryTake(0.5, kept: 1, hasWaited: false));
        Assert.True(Take(0.5));
    }

    [Fact]
    public void TryTake_RateChanges_GoesOnFromTheSameState()
    {
        TakeAll(50);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.False(Take(0.5));
        Assert.InRange(_bucket.TimeUntil(1, 0.5), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(2));

        Assert.True(Take(null));
        Assert.True(Take(50));
        Assert.False(Take(50));
        Assert.Equal(TimeSpan.FromMilliseconds(2), _bucket.TimeUntil(1, 500));
    }

    [Fact]
    public void Return_NotUsed_IsThereAgain()
    {
        TakeAll(0.5);
        _bucket.Return(0.5);
        _bucket.Return(null);

        Assert.Equal(1, TakeAll(0.5));
    }

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(1e-9)]
    public void TimeUntil_TinyRate_IsAMonth(double rate)
    {
        Assert.Equal(1, TakeAll(rate));

        Assert.Equal(TimeSpan.FromDays(30), _bucket.TimeUntil(1, rate));
        Assert.Equal(TimeSpan.FromDays(30), _bucket.TimeUntil(int.MaxValue, rate));
    }

    [Fact]
    public void TryTake_ClockOfTheDay_IsNotRead()
    {
        _bucket = new TokenBucket(new Timestamps());

        Assert.Equal(5, TakeAll(50));
        Assert.InRange(_bucket.TimeUntil(1, 0.001), TimeSpan.FromSeconds(999), TimeSpan.FromSeconds(1_000));
    }

    private bool Take(double? rate, bool hasWaited = false) => _bucket.TryTake(rate, kept: 0, hasWaited);

    private int TakeAll(double rate, bool hasWaited = false)
    {
        var taken = 0;
        while (Take(rate, hasWaited))
        {
            taken++;
        }

        return taken;
    }

    private sealed class Timestamps : TimeProvider
    {
        public override long GetTimestamp() => 1_000;

        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("The clock can be set.");
    }
}
