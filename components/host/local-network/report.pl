#!/usr/bin/perl
# Says what isn't let through, and what lets it in; part of the program that tries ports.

sub names { my @names = @_; return @names > 4 ? "$names[0], $names[1], $names[2] and " . ( @names - 3 ) . ' others' : join ', ', @names }

# tcp 2379, 2380, 6443 as each firewall's own commands write them.
sub ways_out {
    my ( $subnets, @rows ) = @_;
    my ( %numbers, @lines );
    push @{ $numbers{ $_->{protocol} } }, $_->{port} for @rows;
    for my $protocol ( sort keys %numbers ) {
        my @of = sort { $a <=> $b } @{ $numbers{$protocol} };
        my ( $comma, $set ) = ( join( ',', @of ), join ', ', @of );
        for my $subnet (@$subnets) {
            my $vrrp = $protocol eq 'vrrp';
            push @lines, [ 'ufw', "ufw allow proto $protocol from $subnet to any" . ( $vrrp ? '' : " port $comma" ) ];
            push @lines, $vrrp
              ? [ 'firewalld', "firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=$subnet protocol value=vrrp accept'" ]
              : map { [ 'firewalld', "firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=$subnet port port=$_ protocol=$protocol accept'" ] } @of;
            push @lines, [ 'nftables', "nft insert rule inet filter input ip saddr $subnet " . ( $vrrp ? 'ip protocol 112' : "$protocol dport { $set }" ) . ' accept' ];
        }
    }
    my %of = map { $_ => '' } qw(ufw firewalld nftables);
    $of{ $_->[0] } .= "           $_->[1]\n" for @lines;
    $of{firewalld} .= "           firewall-cmd --reload\n";
    return "      fix: let them in, on that machine. With ufw:\n$of{ufw}         with firewalld:\n$of{firewalld}"
      . "         with nftables (for the next boot also in /etc/nftables.conf; table and chain may have other names there):\n$of{nftables}"
      . "         If no firewall runs there, one is on the way, or an access point or switch that keeps its clients apart.\n";
}

sub report {
    my ( $hosts, $findings ) = @_;
    my %seen;
    my @subnets = grep { !$seen{$_}++ } map { $_->{subnet} } @$hosts;
    print {*STDERR} "Ports between the machines are closed. Nothing was installed yet.\n";
    my $number = 0;
    for my $host ( grep { $findings->{ $_->{name} } } @$hosts ) {
        my @entries = sort { $a->{port}{protocol} cmp $b->{port}{protocol} || $a->{port}{port} <=> $b->{port}{port} } values %{ $findings->{ $host->{name} } };
        printf {*STDERR} "  %d. %s (%s) can't be reached at:\n", ++$number, $host->{name}, $host->{address};
        for my $entry (@entries) {
            my $port = $entry->{port};
            my $what = $port->{protocol} eq 'vrrp' ? 'VRRP (IP protocol 112)' : uc( $port->{protocol} ) . " $port->{port}";
            printf {*STDERR} "       %s, from %s: %s\n         why: %s\n", $what, names( @{ $entry->{from} } ), $entry->{how}, $port->{why};
        }
        print {*STDERR} ways_out( \@subnets, map { $_->{port} } @entries );
    }
    return;
}
