namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>The findings about one web service.</summary>
/// <param name="Service">The web service.</param>
/// <param name="Host">The addresses of its host. Null: they are not known, or there is no web service.</param>
/// <param name="Warnings">What is valid and yet looks like a mistake.</param>
internal sealed record Finding(Service Service, HostFinding? Host, IReadOnlyList<string> Warnings)
{
    public static Finding Create(Service service, IReadOnlyDictionary<string, HostFinding> hosts)
    {
        var host = service.Address is { } address ? hosts.GetValueOrDefault(address.IdnHost) : null;
        var warnings = ServiceWarnings.Find(service);
        return new Finding(service, host, host?.Warning is { } warning ? [.. warnings, warning] : warnings);
    }

    /// <summary>Finds what can be found without a lookup.</summary>
    public static async Task<IReadOnlyList<Finding>> CreateOfflineAsync(
        InvitationNotifierOptions options, IReadOnlyList<Service> services, CancellationToken cancellationToken)
    {
        var hosts = await new HostChecker(options.Egress, lookUp: null).CheckAsync(services, cancellationToken);
        return [.. services.Select(service => Create(service, hosts))];
    }
}
