using System.Net;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier;

/// <summary>Represents the compiled web service of a network. Immutable and thread-safe.</summary>
/// <remarks>
/// Compiling reports every configuration error once. Each invitation is then turned into a request in a single pass. Certificate
/// files are read again when they change.
/// </remarks>
public sealed class InvitationEndpoint
{
    private InvitationEndpoint(WebService webService) => WebService = webService;

    /// <summary>
    /// The probable mistakes in the templates and the certificates, each with its key and a suggestion. They do not prevent
    /// deliveries. The notifier logs each warning once.
    /// </summary>
    public IReadOnlyList<string> Warnings =>
        [.. WebService.LookAlikes.Select(lookAlike => lookAlike.ToString()), .. Tls?.Warnings.Select(warning => warning.ToString()) ?? []];

    /// <summary>The web service "invitation created".</summary>
    internal WebService WebService { get; }

    /// <summary>The certificates of its connections; null if it has none of its own.</summary>
    internal TlsFiles? Tls { get; private init; }

    /// <summary>Whether this is the default endpoint, which serves any network id that has no entry of its own.</summary>
    internal bool IsForAllNetworks { get; private init; }

    internal Destination Destination => WebService.Url.Destination;

    /// <summary>Compiles the configuration of a web service.</summary>
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
            problems.Add(nameof(options.InvitationCreatedUrl), "is missing. Set it to the URL of the web service");
        }

        return problems.Count == 0
            ? endpoint!
            : throw new OptionsValidationException("", typeof(InvitationEndpointOptions), problems.All);
    }

    /// <summary>Creates the HTTP request for an invitation, as the web service documents it.</summary>
    /// <remarks>
    /// The notifier sends the same request, with the <see cref="InvitationNotifierOptions.UserAgent"/> and
    /// <see cref="InvitationNotifierOptions.ReuseConnections"/> of its configuration instead of their defaults.
    /// </remarks>
    /// <param name="invitation">The invitation.</param>
    /// <returns>A new request. The caller disposes it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">
    /// A value cannot be represented at its place in the template, or the values are too long.
    /// </exception>
    public HttpRequestMessage CreateRequest(Invitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);

        if (WebService.Expand(invitation, out var expanded) is { } problem)
        {
            throw new FormatException(problem);
        }

        var request = new HttpRequestMessage(expanded.Method, expanded.Uri);
        WebService.Fill(request, expanded, RequestDefaults.Documented);
        return request;
    }

    /// <summary>Compiles the options. Returns null if there is no web service, or if problems were added.</summary>
    internal static InvitationEndpoint? Compile(
        InvitationWebServiceOptions options, ProblemScope problems, bool isForAllNetworks = false)
    {
        var known = problems.Count;
        var created = WebServiceCompiler.Compile(options, problems);
        if (created is null && problems.Count == known)
        {
            return null;
        }

        var isHttps = created is null || created.Url.Destination.Scheme == Uri.UriSchemeHttps;
        var tls = TlsFiles.Compile(options.Tls, isHttps, problems);
        return problems.Count == known
            ? new InvitationEndpoint(created!) { IsForAllNetworks = isForAllNetworks, Tls = tls }
            : null;
    }

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
