namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>What the check found out about one service, before any request is shown.</summary>
/// <param name="Service">The service.</param>
/// <param name="Host">Its host's addresses; <see langword="null"/>: there is no web service, or nothing was looked up.</param>
/// <param name="Warnings">What is valid and yet looks like a mistake.</param>
internal sealed record Finding(Service Service, HostVerdict? Host, IReadOnlyList<string> Warnings);
