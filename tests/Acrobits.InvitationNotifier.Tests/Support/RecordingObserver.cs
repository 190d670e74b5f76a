using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>Keeps all reports, and then does what a test says.</summary>
internal sealed class RecordingObserver(Func<NotificationReport, CancellationToken, ValueTask>? then = null) : INotificationObserver
{
    private readonly ConcurrentQueue<NotificationReport> _reports = new();

    public IReadOnlyList<NotificationReport> Reports => [.. _reports];

    /// <summary>What the reports say of the course of things: number and progress of each.</summary>
    public IEnumerable<(int Delivery, NotificationProgress Progress)> Course => Reports.Select(report => (report.Delivery, report.Progress));

    public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
    {
        _reports.Enqueue(report);
        return then?.Invoke(report, cancellationToken) ?? ValueTask.CompletedTask;
    }
}

internal static class RecordingObserverExtensions
{
    /// <summary>Adds an observer that the test has, as an application adds its own.</summary>
    public static IServiceCollection Observe(this IServiceCollection services, RecordingObserver observer) =>
        services.AddSingleton(observer).AddNotificationObserver<RecordingObserver>();
}
