using System.Net;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier;

/// <summary>Represents both compiled web services of a network. Immutable and thread-safe.</summary>
/// <remarks>
/// Compiling reports every configuration error once. Each invitation is then turned into a request in a single pass. Certificate
/// files are read again when they change.
/// </remarks>
public sealed class InvitationEndpoint
{
    private readonly WebService? _created;
    private readonly WebService? _accepted;

    private readonly string[] _lint;

    private InvitationEndpoint(WebService? created, WebService? accepted, string[] lint) =>
        (_created, _accepted, _lint) = (created, accepted, lint);

    /// <summary>
    /// The probable mistakes in the configuration, each with its key and a suggestion, such as text that looks like a
    /// placeholder. They do not prevent deliveries. The notifier logs each warning once.
    /// </summary>
    public IReadOnlyList<string> Warnings => Tls is null ? _lint : [.. _lint, .. Tls.Warnings.Select(warning => warning.ToString())];

    /// <summary>The web services that are configured.</summary>
    internal IEnumerable<WebService> WebServices => new[] { _created, _accepted }.OfType<WebService>();

    /// <summary>The certificates of its connections; null if it has none of its own.</summary>
    internal TlsFiles? Tls { get; private init; }

    internal bool HasWarnings => _lint.Length > 0 || Tls is { Warnings.Count: > 0 };

    /// <summary>Whether this is the default endpoint, which serves any network id that has no entry of its own.</summary>
    internal bool IsForAllNetworks { get; private init; }

    /// <summary>Compiles the configuration of a network's web services.</summary>
    /// <param name="options">The configuration. Later changes to it have no effect.</param>
    /// <returns>The compiled endpoint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">
    /// The configuration is invalid. <see cref="OptionsValidationException.Failures"/> lists every problem.
    /// </exception>
    public static InvitationEndpoint Create(InvitationEndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        var problems = new ProblemScope();
        var endpoint = Compile(options, problems);
        if (endpoint is null && problems.Count == 0)
        {
            problems.Add(
                nameof(options.InvitationCreatedUrl),
                $"is missing. Set it, or {nameof(options.InvitationAcceptedUrl)}, to the URL of the web service");
        }

        return problems.Count == 0
            ? endpoint!
            : throw new OptionsValidationException("", typeof(InvitationEndpointOptions), problems.All);
    }

    /// <summary>Returns whether the network has a web service for an event.</summary>
    /// <param name="invitationEvent">The event.</param>
    /// <returns>Whether requests can be created for the event.</returns>
    public bool Supports(InvitationEvent invitationEvent) => WebServiceOf(invitationEvent) is not null;

    /// <summary>Creates the HTTP request for an invitation, as the web service of its event documents it.</summary>
    /// <remarks>
    /// The notifier sends the same request, with the <see cref="InvitationNotifierOptions.UserAgent"/> and
    /// <see cref="InvitationNotifierOptions.ReuseConnections"/> of its configuration instead of their defaults.
    /// </remarks>
    /// <param name="invitation">The invitation.</param>
    /// <returns>A new request. The caller disposes it. A signed request has the timestamp of this call.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The network has no web service for the event (<see cref="Supports"/>).
    /// </exception>
    /// <exception cref="FormatException">
    /// A value cannot be represented at its place in the template, or the values are too long.
    /// </exception>
    public HttpRequestMessage CreateRequest(Invitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);

        var webService = WebServiceOf(invitation.Event) ?? throw new InvalidOperationException(
            $"The endpoint has no web service for the event {invitation.Event}. Configure its URL, or ask {nameof(Supports)} before.");
        if (webService.Expand(invitation, out var expanded) is { } problem)
        {
            throw new FormatException(problem);
        }

        var request = new HttpRequestMessage(expanded.Method, expanded.Uri);
        webService.Fill(request, expanded, RequestDefaults.Documented, TimeProvider.System);
        return request;
    }

    /// <summary>Compiles the options. Returns null if there are no web services, or if problems were added.</summary>
    internal static InvitationEndpoint? Compile(
        InvitationWebServiceOptions options, ProblemScope problems, bool isForAllNetworks = false)
    {
        var known = problems.Count;
        var (created, accepted) = WebServiceCompiler.Compile(options, problems);
        if ((created ?? accepted) is null && problems.Count == known)
        {
            return null;
        }

        var isHttps = problems.Count > known || IsHttps(created) || IsHttps(accepted);
        var tls = TlsFiles.Compile(options.Tls, isHttps, problems);
        return problems.Count == known
            ? new InvitationEndpoint(created, accepted, [.. EndpointLint.Find(options, created, accepted)])
            {
                IsForAllNetworks = isForAllNetworks,
                Tls = tls,
            }
            : null;

        static bool IsHttps(WebService? service) => service?.Url.Destination.Scheme == Uri.UriSchemeHttps;
    }

    /// <summary>Returns the web service of an event; null if it is not configured.</summary>
    internal WebService? WebServiceOf(InvitationEvent invitationEvent) => invitationEvent switch
    {
        InvitationEvent.Created => _created,
        InvitationEvent.Accepted => _accepted,
        _ => null,
    };

    /// <summary>
    /// Implements <see cref="EgressOptions.FindForbiddenRange"/>, because no other public type may use the egress layer.
    /// </summary>
    internal static string? FindForbiddenRange(EgressOptions egress, IPAddress address)
    {
        var problems = new ProblemScope();
        var policy = EgressPolicy.Compile(egress.AllowedRanges ?? [], problems);
        return problems.Count == 0
            ? policy.FindForbidden(address)?.ToString()
            : throw new OptionsValidationException("", typeof(EgressOptions), problems.All);
    }
}
