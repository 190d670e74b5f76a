namespace Acrobits.InvitationNotifier.Tests;

public class RedeliveryScheduleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Default_Delays_AreThoseOfStandardWebhooks()
    {
        Assert.Equal(
            [
                TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
                TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
            ],
            RedeliverySchedule.Default.Delays);
        Assert.Same(RedeliverySchedule.Default, new InvitationQueueOptions().Redelivery);
    }

    [Fact]
    public void NextDelay_NothingAskedFor_IsTheSchedulesOwn()
    {
        var schedule = new RedeliverySchedule(TimeSpan.Zero, Minute, 2 * Minute);

        Assert.Equal([TimeSpan.Zero, Minute, 2 * Minute], Enumerable.Range(0, 3).Select(count => schedule.NextDelay(count)!.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void NextDelay_ScheduleUsedUp_IsNull(int redeliveries)
    {
        Assert.Null(new RedeliverySchedule(Minute).NextDelay(redeliveries));
        Assert.Null(new RedeliverySchedule(Minute).NextDelay(redeliveries, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void NextDelay_NoDelays_IsNull()
    {
        Assert.Null(new RedeliverySchedule().NextDelay(0));
        Assert.Empty(new RedeliverySchedule([]).Delays);
    }

    [Theory]
    [InlineData(-60, 60)]
    [InlineData(0, 60)]
    [InlineData(59, 60)]
    [InlineData(60, 60)]
    [InlineData(61, 61)]
    [InlineData(86_400, 86_400)]
    [InlineData(86_401, 86_400)]
    public void NextDelay_RetryAfter_LengthensUpToADayAndNeverShortens(double retryAfter, double expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected), new RedeliverySchedule(Minute).NextDelay(0, TimeSpan.FromSeconds(retryAfter)));

    [Fact]
    public void NextDelay_AbsurdRetryAfter_IsADay()
    {
        Assert.Equal(TimeSpan.FromDays(1), new RedeliverySchedule(Minute).NextDelay(0, TimeSpan.MaxValue));
        Assert.Equal(Minute, new RedeliverySchedule(Minute).NextDelay(0, TimeSpan.MinValue));
        Assert.Equal(TimeSpan.FromDays(1), RedeliverySchedule.Default.NextDelay(0, TimeSpan.MaxValue));
    }

    [Fact]
    public void NextDelay_AbsurdRetryAfterAndScheduleOfDays_IsTheLongestDelay()
    {
        var schedule = new RedeliverySchedule(Minute, TimeSpan.FromDays(3), Minute);

        Assert.Equal(TimeSpan.FromDays(3), schedule.NextDelay(0, TimeSpan.MaxValue));
        Assert.Equal(TimeSpan.FromDays(2), schedule.NextDelay(2, TimeSpan.FromDays(2)));
    }

    [Fact]
    public void NextDelay_NegativeCount_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>("redeliveries", () => RedeliverySchedule.Default.NextDelay(-1));

    [Fact]
    public void Constructor_WrongDelays_Throws()
    {
        Assert.Throws<ArgumentNullException>("delays", () => new RedeliverySchedule(null!));
        Assert.Throws<ArgumentOutOfRangeException>("delays", () => new RedeliverySchedule(Minute, TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>("delays", () => new RedeliverySchedule(Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentOutOfRangeException>("delays", () => new RedeliverySchedule(TimeSpan.FromDays(30) + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Constructor_LongestDelayThereIs_IsTaken() =>
        Assert.Equal(TimeSpan.FromDays(30), new RedeliverySchedule(TimeSpan.FromDays(30)).NextDelay(0, TimeSpan.MaxValue));

    [Fact]
    public void Delays_SourceOrListChanged_StayTheSame()
    {
        TimeSpan[] delays = [Minute];
        var schedule = new RedeliverySchedule(delays);

        delays[0] = TimeSpan.Zero;

        Assert.Equal([Minute], schedule.Delays);
        Assert.Throws<NotSupportedException>(() => ((IList<TimeSpan>)schedule.Delays)[0] = TimeSpan.Zero);
    }
}
