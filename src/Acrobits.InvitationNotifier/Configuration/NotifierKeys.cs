using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>The keys of the configuration. A new key needs its property and a line here.</summary>
internal static class NotifierKeys
{
    private const string JsonAsText =
        "is an object or an array, not a string. Write JSON as one string and escape its quotation marks, for instance \"{ \\\"invitee\\\" : \\\"%invitee%\\\" }\"";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan HalfASecond = TimeSpan.FromMilliseconds(500);

    private static readonly OptionsSchema<RetryOptions> Retry = new OptionsSchema<RetryOptions>()
        .Number(nameof(RetryOptions.MaxRetryAttempts), o => o.MaxRetryAttempts, (o, value) => o.MaxRetryAttempts = value, least: 0)
        .Time(nameof(RetryOptions.Delay), o => o.Delay, (o, value) => o.Delay = value)
        .Time(nameof(RetryOptions.MaxDelay), o => o.MaxDelay, (o, value) => o.MaxDelay = value)
        .Switch(nameof(RetryOptions.UseJitter), (o, value) => o.UseJitter = value);

    private static readonly OptionsSchema<CircuitBreakerOptions> CircuitBreaker = new OptionsSchema<CircuitBreakerOptions>()
        .Ratio(nameof(CircuitBreakerOptions.FailureRatio), o => o.FailureRatio, (o, value) => o.FailureRatio = value)
        .Number(nameof(CircuitBreakerOptions.MinimumThroughput), o => o.MinimumThroughput, (o, value) => o.MinimumThroughput = value, least: 2)
        .Time(nameof(CircuitBreakerOptions.SamplingDuration), o => o.SamplingDuration, (o, value) => o.SamplingDuration = value, HalfASecond)
        .Time(nameof(CircuitBreakerOptions.BreakDuration), o => o.BreakDuration, (o, value) => o.BreakDuration = value, HalfASecond);

    // The application can have set a collection of fixed size.
    private static readonly OptionsSchema<EgressOptions> Egress = new OptionsSchema<EgressOptions>()
        .List(nameof(EgressOptions.AllowedRanges), "a list of ranges", o => o.AllowedRanges = [.. o.AllowedRanges ?? []])
        .Switch(nameof(EgressOptions.ReplacedHandlerIsIntended), (o, value) => o.ReplacedHandlerIsIntended = value);

    private static readonly OptionsSchema<SigningOptions> Signing = new OptionsSchema<SigningOptions>()
        .List(nameof(SigningOptions.Secrets), "a list of secrets", o => o.Secrets = [.. o.Secrets ?? []]);

    private static readonly OptionsSchema<InvitationQueueOptions> Queue = new OptionsSchema<InvitationQueueOptions>()
        .Number(nameof(InvitationQueueOptions.Capacity), o => o.Capacity, (o, value) => o.Capacity = value, least: 1)
        .Number(nameof(InvitationQueueOptions.CapacityPerNetwork), o => o.CapacityPerNetwork, (o, value) => o.CapacityPerNetwork = value, least: 1)
        .Number(
            nameof(InvitationQueueOptions.MaxConcurrentDeliveriesPerNetwork),
            o => o.MaxConcurrentDeliveriesPerNetwork,
            (o, value) => o.MaxConcurrentDeliveriesPerNetwork = value,
            least: 1)
        .Time(nameof(InvitationQueueOptions.EnqueueTimeout), o => o.EnqueueTimeout, (o, value) => o.EnqueueTimeout = value)
        .Items(nameof(InvitationQueueOptions.Redelivery), "a list of times", ReadRedelivery)
        .Check(nameof(InvitationQueueOptions.Redelivery), o => o.Redelivery is null
            ? "is missing. To turn redelivery off, use a schedule without delays"
            : null);

    private static readonly OptionsSchema<ClientCertificateOptions> ClientCertificate = new OptionsSchema<ClientCertificateOptions>()
        .Text(nameof(ClientCertificateOptions.Path), (o, value) => o.Path = value)
        .Text(nameof(ClientCertificateOptions.KeyPath), (o, value) => o.KeyPath = value)
        .Text(nameof(ClientCertificateOptions.Password), (o, value) => o.Password = value);

    private static readonly OptionsSchema<TlsOptions> Tls = new OptionsSchema<TlsOptions>()
        .OptionalGroup(nameof(TlsOptions.ClientCertificate), o => o.ClientCertificate ??= new(), ClientCertificate)
        .List(nameof(TlsOptions.TrustedCertificates), "a list of paths", o => o.TrustedCertificates = [.. o.TrustedCertificates ?? []]);

    private static readonly OptionsSchema<InvitationEndpointOptions> Network = WebService<InvitationEndpointOptions>();

    public static OptionsSchema<InvitationNotifierOptions> All { get; } = WebService<InvitationNotifierOptions>()
        .Items(nameof(InvitationNotifierOptions.Networks), "a group of networks", ReadNetworks)
        .Text(nameof(InvitationNotifierOptions.UserAgent), (o, value) => o.UserAgent = value)
        .Check(nameof(InvitationNotifierOptions.UserAgent), o => string.IsNullOrWhiteSpace(o.UserAgent) || !RequestHeaders.IsValidValue(o.UserAgent)
            ? "is blank, or has characters other than printable ASCII. Write a product and its version"
            : null)
        .Switch(nameof(InvitationNotifierOptions.ReuseConnections), (o, value) => o.ReuseConnections = value)
        .Time(nameof(InvitationNotifierOptions.AttemptTimeout), o => o.AttemptTimeout, (o, value) => o.AttemptTimeout = value, Shortest)
        .Time(nameof(InvitationNotifierOptions.TotalTimeout), o => o.TotalTimeout, (o, value) => o.TotalTimeout = value, Shortest)
        .Group(nameof(InvitationNotifierOptions.Retry), o => o.Retry ??= new(), Retry)
        .Group(nameof(InvitationNotifierOptions.CircuitBreaker), o => o.CircuitBreaker ??= new(), CircuitBreaker)
        .Number(nameof(InvitationNotifierOptions.MaxConcurrentRequests), o => o.MaxConcurrentRequests, (o, value) => o.MaxConcurrentRequests = value, least: 1)
        .Number(nameof(InvitationNotifierOptions.MaxQueuedRequests), o => o.MaxQueuedRequests, (o, value) => o.MaxQueuedRequests = value, least: 0)
        .Rate(nameof(InvitationNotifierOptions.MaxRequestsPerSecond), o => o.MaxRequestsPerSecond, (o, value) => o.MaxRequestsPerSecond = value)
        .Group(nameof(InvitationNotifierOptions.Queue), o => o.Queue ??= new(), Queue)
        .Group(nameof(InvitationNotifierOptions.Egress), o => o.Egress ??= new(), Egress);

    /// <summary>Validates the options of the queue, which code can have changed after the configuration was read.</summary>
    public static void Check(InvitationQueueOptions options, ProblemScope problems) => Queue.Check(options, problems);

    // The default endpoint and each network have the same keys.
    private static OptionsSchema<T> WebService<T>()
        where T : InvitationWebServiceOptions => new OptionsSchema<T>()
        .Text(nameof(InvitationWebServiceOptions.InvitationCreatedUrl), (o, value) => o.InvitationCreatedUrl = value)
        .Text(nameof(InvitationWebServiceOptions.InvitationCreatedPostData), (o, value) => o.InvitationCreatedPostData = value, JsonAsText)
        .Text(nameof(InvitationWebServiceOptions.InvitationCreatedContentType), (o, value) => o.InvitationCreatedContentType = value)
        .Text(nameof(InvitationWebServiceOptions.InvitationAcceptedUrl), (o, value) => o.InvitationAcceptedUrl = value)
        .Text(nameof(InvitationWebServiceOptions.InvitationAcceptedPostData), (o, value) => o.InvitationAcceptedPostData = value, JsonAsText)
        .Text(nameof(InvitationWebServiceOptions.InvitationAcceptedContentType), (o, value) => o.InvitationAcceptedContentType = value)
        .Items(nameof(InvitationWebServiceOptions.Headers), "a group of names and values", ReadHeaders)
        .Switch(nameof(InvitationWebServiceOptions.SendIdempotencyKey), (o, value) => o.SendIdempotencyKey = value)
        .Group(nameof(InvitationWebServiceOptions.Signing), o => o.Signing ??= new(), Signing)
        .Group(nameof(InvitationWebServiceOptions.Tls), o => o.Tls ??= new(), Tls);

    private static void ReadHeaders(SettingsNode node, InvitationWebServiceOptions options, ProblemScope problems)
    {
        if (node.IsArray)
        {
            problems.Add("is an array. Write an object with the names of headers as keys, for instance { \"X-Api-Key\": \"...\" }");
            return;
        }

        options.Headers ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in node.Children)
        {
            if (header.Children.Count > 0)
            {
                problems.Add(header.Key, Values.Not("a string"));
            }
            else
            {
                // RequestHeaders rejects null together with all other invalid values.
                options.Headers[header.Key] = header.Value!;
            }
        }
    }

    // Replaces the schedule as a whole. An empty list turns redelivery off; null keeps the default, as it does for all keys.
    private static void ReadRedelivery(SettingsNode node, InvitationQueueOptions options, ProblemScope problems)
    {
        if (node is { Value: null, Children.Count: 0 })
        {
            return;
        }

        var delays = new List<TimeSpan>();
        foreach (var item in node.Children.OrderBy(item => item.Key, ConfigurationKeyComparer.Instance))
        {
            if (item.Children.Count > 0 || item.Value is null)
            {
                problems.Add(item.Key, Values.Not("a time such as 00:05:00"));
            }
            else if (Values.ParseTime(item.Value, out var delay) is { } problem)
            {
                problems.Add(item.Key, problem);
            }
            else if (delay < TimeSpan.Zero || delay > RedeliverySchedule.MaxDelay)
            {
                problems.Add(item.Key, $"{delay:c} is out of range. Use a time from {TimeSpan.Zero:c} to 30 days ({RedeliverySchedule.MaxDelay:c})");
            }
            else
            {
                delays.Add(delay);
            }
        }

        options.Redelivery = new RedeliverySchedule(delays);
    }

    private static void ReadNetworks(SettingsNode node, InvitationNotifierOptions options, ProblemScope problems)
    {
        if (node.IsArray)
        {
            problems.Add("is an array. Write an object with network ids as keys, for instance { \"mynetwork\": { \"InvitationCreatedUrl\": \"...\" } }");
            return;
        }

        options.Networks ??= new Dictionary<string, InvitationEndpointOptions>(StringComparer.Ordinal);
        foreach (var network in node.Children)
        {
            var own = problems.InNetwork(network.Key).At(network.Key);
            if (!string.IsNullOrEmpty(network.Value))
            {
                own.Add(Values.Not("a group of keys"));
                continue;
            }

            if (!options.Networks.TryGetValue(network.Key, out var service) || service is null)
            {
                options.Networks[network.Key] = service = new InvitationEndpointOptions();
            }

            Network.Read(network, service, own);
        }
    }
}
