using System.Net;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier;

/// <summary>Represents both compiled web services of a network. Immutable and thread-safe.</summary>
/// <remarks>
/// Compiling reports every configuration error once. Each invitation is then turned into a request in a single pass.
/// </remarks>
public sealed class InvitationEndpoint
{
    private readonly WebService? _created;
    private readonly WebService? _accepted;

    private InvitationEndpoint(WebService? created, WebService? accepted)
    {
        (_created, _accepted) = (created, accepted);
        LookAlikes = [.. WebServices.SelectMany(service => service.LookAlikes)];
    }

    /// <summary>
    /// The probable mistakes in the templates, each with its key, its position and a suggestion. They do not prevent
    /// deliveries. The notifier logs each warning once.
    /// </summary>
    public IReadOnlyList<string> Warnings => [.. LookAlikes.Select(lookAlike => lookAlike.ToString())];

    /// <summary>The web services that are configured.</summary>
    internal IEnumerable<WebService> WebServices => new[] { _created, _accepted }.OfType<WebService>();

    /// <summary>The parts of all templates that look like placeholders but are not.</summary>
    internal IReadOnlyList<LookAlike> LookAlikes { get; }

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
        InvitationWebServiceOptions options, ProblemScope problems, bool isForAllNetworks = false) =>
        WebServiceCompiler.Compile(options, problems) is (var created, var accepted) && (created ?? accepted) is not null
            ? new InvitationEndpoint(created, accepted) { IsForAllNetworks = isForAllNetworks }
            : null;

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
