using Acrobits.InvitationNotifier.Queueing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the health check of the notifier.</summary>
public static class InvitationNotifierHealthChecksBuilderExtensions
{
    /// <summary>Adds a health check of the notifier and its queue.</summary>
    /// <remarks>
    /// It reports <see cref="HealthStatus.Degraded"/> if the last change of the configuration was refused, if no web service is
    /// configured, if the queue in memory is nearly full, or if dead letters wait in a durable queue. It never reports
    /// <see cref="HealthStatus.Unhealthy"/>: a provider that is down must not take the server out of service. The numbers are in
    /// the data of the result.
    /// </remarks>
    /// <param name="builder">The builder, from <c>AddHealthChecks</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">Tags that select the check, for instance for a readiness endpoint.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="name"/> is <see langword="null"/>.
    /// </exception>
    public static IHealthChecksBuilder AddInvitationNotifier(
        this IHealthChecksBuilder builder, string name = "invitation_notifier", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);

        return builder.Add(new HealthCheckRegistration(
            name, static provider => new NotifierHealthCheck(provider), HealthStatus.Degraded, tags));
    }
}
