using System.Net;

namespace Acrobits.InvitationNotifier.Tests;

public class RedeliveryScheduleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly NotificationResult Suspended = new() { Outcome = NotificationOutcome.Suspended };

    private static NotificationResult Asking(TimeSpan? retryAfter) =>
        new() { Outcome = NotificationOutcome.Rejected, StatusCode = HttpStatusCode.ServiceUnavailable, RetryAfter = retryAfter };

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
    public void Next_NothingAskedFor_IsTheSchedulesOwn()
    {
        var schedule = new RedeliverySchedule(TimeSpan.Zero, Minute, 2 * Minute);

        Assert.Equal(
            [new(TimeSpan.Zero, 1), new(Minute, 2), new(2 * Minute, 3)],
            Enumerable.Range(0, 3).Select(count => schedule.Next(count, Asking(null))!.Value));
        Assert.Equal(new Redelivery(Minute, 2), schedule.Next(1, result: null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void Next_ScheduleExhausted_IsNull(int redeliveries)
    {
        Assert.Null(new RedeliverySchedule(Minute).Next(redeliveries, result: null));
        Assert.Null(new RedeliverySchedule(Minute).Next(redeliveries, Asking(TimeSpan.FromHours(1))));
    }

    [Fact]
    public void Next_NoDelays_IsNull()
    {
        Assert.Null(new RedeliverySchedule().Next(0, Asking(null)));
        Assert.Null(new RedeliverySchedule().Next(0, Suspended));
        Assert.Empty(new RedeliverySchedule([]).Delays);
    }

    [Theory]
    [InlineData(-60, 60, 60)]
    [InlineData(0, 60, 60)]
    [InlineData(59, 60, 60)]
    [InlineData(60, 60, 60)]
    [InlineData(61, 61, 121)]
    [InlineData(3_600, 3_600, 3_660)]
    [InlineData(86_400, 86_400, 86_460)]
    [InlineData(86_401, 86_400, 86_460)]
    public void Next_RetryAfter_LengthensUpToADayAndNeverShortens(double retryAfter, double least, double most)
    {
        for (var i = 0; i < 100; i++)
        {
            var next = new RedeliverySchedule(Minute).Next(0, Asking(TimeSpan.FromSeconds(retryAfter)))!.Value;

            Assert.InRange(next.Delay.TotalSeconds, least, most);
            Assert.Equal(1, next.Count);
        }
    }

    [Fact]
    public void Next_ManyAreToldTheSameTime_TheyDoNotComeAllAtOnce()
    {
        var schedule = new RedeliverySchedule(TimeSpan.FromSeconds(5));

        var delays = Enumerable.Range(0, 1_000).Select(_ => schedule.Next(0, Asking(TimeSpan.FromSeconds(25)))!.Value.Delay.TotalSeconds).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, 25, 50));
        Assert.All(Enumerable.Range(25, 25), second => Assert.InRange(delays.Count(delay => (int)delay == second), 1, 200));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Next_NoFreePlace_IsWithinAMinuteAndDoesNotCount(int redeliveries)
    {
        var next = new RedeliverySchedule(TimeSpan.FromHours(1)).Next(redeliveries, Suspended)!.Value;

        Assert.InRange(next.Delay, TimeSpan.FromSeconds(5), Minute);
        Assert.Equal(redeliveries, next.Count);
    }

    [Theory]
    [InlineData(0, 0.02, 5, 60)]
    [InlineData(7, 2, 5, 60)]
    [InlineData(0, 100, 100, 155)]
    [InlineData(0, 2_000_000, 86_400, 86_455)]
    public void Next_RateLimit_IsAfterTheNextTokenAndDoesNotCount(int redeliveries, double retryAfter, double least, double most)
    {
        var limited = Suspended with { RetryAfter = TimeSpan.FromSeconds(retryAfter), IsLimited = true };

        var next = new RedeliverySchedule(TimeSpan.FromHours(1)).Next(redeliveries, limited)!.Value;

        Assert.InRange(next.Delay.TotalSeconds, least, most);
        Assert.Equal(redeliveries, next.Count);
        Assert.Null(new RedeliverySchedule().Next(0, limited));
        Assert.Equal(1, new RedeliverySchedule(Minute).Next(0, limited with { IsLimited = false })!.Value.Count);
    }

    [Fact]
    public void Next_AbsurdRetryAfter_IsADay()
    {
        var schedule = new RedeliverySchedule(Minute);

        Assert.InRange(schedule.Next(0, Asking(TimeSpan.MaxValue))!.Value.Delay, TimeSpan.FromDays(1), TimeSpan.FromDays(1) + Minute);
        Assert.Equal(Minute, schedule.Next(0, Asking(TimeSpan.MinValue))!.Value.Delay);
    }

    [Fact]
    public void Next_AbsurdRetryAfterAndScheduleOfDays_IsTheLongestDelay()
    {
        var schedule = new RedeliverySchedule(Minute, TimeSpan.FromDays(3), Minute);

        Assert.InRange(schedule.Next(0, Asking(TimeSpan.MaxValue))!.Value.Delay, TimeSpan.FromDays(3), TimeSpan.FromDays(3) + Minute);
        Assert.InRange(schedule.Next(2, Asking(TimeSpan.FromDays(2)))!.Value.Delay, TimeSpan.FromDays(2), TimeSpan.FromDays(2) + Minute);
    }

    [Fact]
    public void Next_NegativeCount_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>("redeliveries", () => RedeliverySchedule.Default.Next(-1, result: null));

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
        Assert.Equal(TimeSpan.FromDays(30), new RedeliverySchedule(TimeSpan.FromDays(30)).Next(0, Asking(TimeSpan.FromDays(29)))!.Value.Delay);

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
