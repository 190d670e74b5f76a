namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Finds settings that are valid but probably a mistake: the library's warnings, and those about the network id.</summary>
internal static class ServiceWarnings
{
    public static IReadOnlyList<string> Find(Service service) => [.. service.Endpoint?.Warnings ?? [], .. FindInId(service)];

    private static IEnumerable<string> FindInId(Service service)
    {
        if (service.NetworkId is { } networkId && string.IsNullOrWhiteSpace(networkId))
        {
            yield return "The network id is blank, so no invitation can belong to this network.";
        }

        if (service.SimilarId is { } similar)
        {
            yield return $"The network id differs only in case from {similar}, so nothing is sent. Use the same id in both places.";
        }
    }
}
