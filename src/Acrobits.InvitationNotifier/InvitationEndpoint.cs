using System.Net;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// The web service of one network, compiled: all that can be wrong with it is found once, and then each invitation is
/// turned into a request in a single pass. Immutable and safe to share between threads.
/// </summary>
public sealed class InvitationEndpoint
{
    private InvitationEndpoint(WebService created) => Created = created;

    /// <summary>
    /// What is probably not meant, each with its key, its position and what to do. Nothing of it keeps the endpoint from
    /// working. The notifier logs each warning once.
    /// </summary>
    public IReadOnlyList<string> Warnings => [.. Created.LookAlikes.Select(lookAlike => lookAlike.ToString())];

    /// <summary>The web service "invitation created".</summary>
    internal WebService Created { get; }

    /// <summary>Whether any network id leads here, made-up ones included.</summary>
    internal bool IsForAllNetworks { get; private init; }

    internal Destination Destination => Created.Url.Destination;

    /// <summary>Compiles an endpoint.</summary>
    /// <param name="options">The web service's configuration; later changes to it have no effect.</param>
    /// <returns>The compiled endpoint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">
    /// The configuration is wrong; <see cref="OptionsValidationException.Failures"/> lists every problem.
    /// </exception>
    public static InvitationEndpoint Create(InvitationEndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        var problems = new ProblemScope();
        var endpoint = Compile(options, problems);
        if (endpoint is null && problems.Count == 0)
        {
            problems.Add(nameof(options.InvitationCreatedUrl), "is missing. Fill in the URL of the web service");
        }

        return problems.Count == 0
            ? endpoint!
            : throw new OptionsValidationException("", typeof(InvitationEndpointOptions), problems.All);
    }

    /// <summary>
    /// Creates the request that tells of one invitation, as the web service documents it. The notifier sends the same,
    /// with the <see cref="InvitationNotifierOptions.UserAgent"/> and <see cref="InvitationNotifierOptions.ReuseConnections"/>
    /// of its configuration instead of their defaults.
    /// </summary>
    /// <param name="invitation">The invitation.</param>
    /// <returns>A new request, which the caller disposes of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">A value cannot be carried where the template puts it.</exception>
    public HttpRequestMessage CreateRequest(Invitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);

        if (Created.Expand(invitation, out var expanded) is { } problem)
        {
            throw new FormatException(problem);
        }

        var request = new HttpRequestMessage(expanded.Method, expanded.Uri);
        Created.Fill(request, expanded, RequestDefaults.Documented);
        return request;
    }

    /// <summary>Compiles; null where there is no web service, or where problems were added.</summary>
    internal static InvitationEndpoint? Compile(
        InvitationWebServiceOptions options, ProblemScope problems, bool isForAllNetworks = false) =>
        WebServiceCompiler.Compile(options, problems) is { } created
            ? new InvitationEndpoint(created) { IsForAllNetworks = isForAllNetworks }
            : null;

    /// <summary>Implements <see cref="EgressOptions.FindForbiddenRange"/>: no other public type knows the egress rules.</summary>
    internal static string? FindForbiddenRange(EgressOptions egress, IPAddress address)
    {
        var problems = new ProblemScope();
        var policy = EgressPolicy.Compile(egress.AllowedRanges ?? [], problems);
        return problems.Count == 0
            ? policy.FindForbidden(address)?.ToString()
            : throw new OptionsValidationException("", typeof(EgressOptions), problems.All);
    }
}
